SELECT size, epoch, edited FROM head
