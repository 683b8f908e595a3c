SELECT number FROM access_sorted
