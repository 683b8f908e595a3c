-- Settings on which the durability of a commit rests.
SELECT current_setting('fsync')::boolean AND current_setting('full_page_writes')::boolean
