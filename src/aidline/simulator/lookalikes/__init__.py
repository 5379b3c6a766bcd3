"""The providers' side of the wire: what they check, refuse and answer.

Pure: a look-alike is given a `Call` and an `Exchange` to keep things in, and gives an `Answer`. The practice
pages keep in the database, the stand-alone program in memory.
"""
