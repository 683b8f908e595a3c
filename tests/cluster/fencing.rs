//! Two leaders forced at once: the database lets one commit.
