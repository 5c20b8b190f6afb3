"""Cells into values: `row` reads a row, by what `parsers` says of each column.

How a cell is read stands with its like: `texts`, `names` (of the customer, its contact person, its other names), `details`
(phones, addresses, WeChat: several in a cell), `numbers`, `days`; `together` is what several columns make.
"""
