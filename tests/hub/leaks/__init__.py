"""Nothing outside an audience is returned, counted or guessable: a world, an oracle, and cases.

``world``   every marking × kind of audience × owner × draft or published, private things with
            every level of grant, and every role in every relation to them
``oracle``  who may know what, told once more from the facts of the world, without the rule
``cases``   for each function of the hub that takes a viewer: what it must answer (`notice_cases`,
            `member_cases`; `asking` is what they share)
"""
