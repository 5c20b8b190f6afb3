"""How alike two customers are: pure functions over `Record`s, without a database.

`names` brings names into the form in which they are compared, `blocking` says which records are worth comparing,
`scoring` adds up what speaks for and against two being the same. The product, its tests and the benchmark use the same.
"""
