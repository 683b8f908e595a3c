UPDATE access_sorted SET number = ?1
