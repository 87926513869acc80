-- Somebody.
-- owner: team:crm
copy facts.contacts to 'contacts.csv'
