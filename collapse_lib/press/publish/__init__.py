"""The book among others: its addresses and versions, how it is cited, and whether its links lead somewhere."""
