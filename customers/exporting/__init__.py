"""Lists of customers as files: the rows, the order and the columns of a view; cells that a spreadsheet does not execute."""
