c__builtin__
frozenset
p0
((lp1
I1
atp2
Rp3
.