CLOSE live
