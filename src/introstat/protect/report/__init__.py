"""What protection and attack came to, told to machines and to the office: `objects` as JSON, `page` as one page of HTML.

Both hold the same. Neither holds a hidden number: the weakest cells stand with the values that the attack has seen them take.
They are for the office all the same: how well a cell is hidden is nobody else's business.
"""
