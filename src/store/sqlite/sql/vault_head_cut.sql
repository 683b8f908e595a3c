UPDATE head SET size = min(size, ?1), edited = min(edited, ?1) WHERE epoch = ?2
