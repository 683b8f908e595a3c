SELECT size, epoch, edited FROM vault.head
