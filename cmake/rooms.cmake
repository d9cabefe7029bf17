# The rooms, from the ground up: what each rests on, the engines that it hides, and the rooms that only its tests need.
# What may rest on what is the business of layers.txt; this table says what does.
krait_room(_base ENGINES backtrace)
krait_room(builtins RESTS_ON _base)

krait_room(argparse RESTS_ON builtins _base)
krait_room(contextlib RESTS_ON builtins _base)
krait_room(contextvars RESTS_ON builtins _base)
krait_room(json RESTS_ON builtins _base)
krait_room(queue RESTS_ON builtins _base ENGINES threads)
krait_room(urllib RESTS_ON builtins)
krait_room(http RESTS_ON urllib builtins)
krait_room(logging RESTS_ON queue builtins _base ENGINES threads)
krait_room(re RESTS_ON builtins ENGINES pcre2)
krait_room(ssl RESTS_ON builtins _base ENGINES openssl)
krait_room(time RESTS_ON builtins)
krait_room(datetime RESTS_ON time builtins)
krait_room(zoneinfo RESTS_ON datetime time builtins)

krait_room(wire RESTS_ON http builtins _base)

krait_room(multiprocessing RESTS_ON builtins _base ENGINES threads)
krait_room(concurrent RESTS_ON multiprocessing builtins _base ENGINES threads)
krait_room(asyncio RESTS_ON concurrent contextvars logging queue ssl builtins _base ENGINES asio threads TESTED_WITH contextlib unittest)
krait_room(unittest RESTS_ON asyncio logging re builtins _base ENGINES gtest)

krait_room(web RESTS_ON asyncio wire json http builtins _base TESTED_WITH unittest)

krait_room(cli RESTS_ON asyncio json builtins _base PROGRAM krait)

krait_no_room_without_a_line()
