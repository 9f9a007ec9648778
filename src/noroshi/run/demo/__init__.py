"""The demonstration: the built-in sample, carried through every stage.

``sample`` reads the sample's files · ``loading`` puts them into the hub through the same actions
everybody uses · ``story`` lets people publish and answer, at moments of the past few days ·
``report`` tells what happened.
"""
