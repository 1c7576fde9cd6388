(i__main__
Old
p0
(dp1
S'x'
p2
I1
sb.