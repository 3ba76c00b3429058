"""Ana's address and number in the spellings that a cheap search loses: the column, and what stands in it."""

ODD = [
    ("email", "  ANA@Example.COM. "), ("email", "Ana <ana@example.com>"), ("email", "b@x.example;ana@example.com"),
    ("email", "ana @ example.com"), ("email", "mailto:ana@example.com"), ("email", "\uff41na@example.com"),
    ("email", "ana@example.com\n"), ("email", "\tana@example.com"), ("email", "ana@example.com!"),
    ("phone", "415-555-0100 x1234"), ("phone", "415-555-0100, 212-555-0199"), ("phone", "415\u2011555\u20110100"),
    ("phone", "\uff14\uff11\uff15 555 0100"), ("phone", "415\t5550100"), ("phone", "+1 (415) 555 01 00"),
    ("note", "write to ANA@EXAMPLE.COM"), ("note", "write to ana\uff20example.com"),
    ("note", "ring (415) 555.01.00 now"),
    ("note", "ring \u0664\u0661\u0665-\u0665\u0665\u0665-\u0660\u0661\u0660\u0660"),
]  # fmt: skip
