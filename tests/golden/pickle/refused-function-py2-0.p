(dp0
S'f'
p1
c__builtin__
len
p2
s.