(dp0
Vf
p1
c__builtin__
len
p2
s.