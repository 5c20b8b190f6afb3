"""The import of customers, from file to registry and back.

`source` reads a file as rows of text; `mapping` says which column goes where; `reading` turns text into values; `staging`
keeps the checked rows, encrypted; `matching` recognises customers that exist; `joining` brings the contact persons of one
customer together; `applying` writes; `reverting` undoes.
"""
