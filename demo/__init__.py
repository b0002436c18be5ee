"""A demonstration file share of an invented council, Thornbridge District Council.

Nobody in it exists: names are put together from short lists, telephone numbers lie in the ranges
Ofcom sets aside for drama, postcodes use the unassigned area TX, vehicle marks use the unissued
letter Q, National Insurance numbers the unissued prefix QQ, and addresses the domain `example`.
"""
