(lp0
P7
a.