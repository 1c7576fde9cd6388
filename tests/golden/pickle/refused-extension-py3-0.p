(lp0
cjson.decoder
JSONDecoder
p1
a.