-- orders
delete from source
