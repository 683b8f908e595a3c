SELECT pair FROM head
