-- A file stands under its name.
update audiences.files set written = true where audience = $audience and number = $number;
