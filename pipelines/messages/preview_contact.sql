-- What decides the language and address of a preview.
select contact_id, locale, email, phone from shop.contacts where contact_id = $contact_id;
