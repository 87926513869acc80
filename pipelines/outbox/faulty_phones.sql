-- What is wrong with the numbers that nobody can have.
update phones set fault = n.fault
from outbox.numbers n
where n.number_hash = rl_sha256(phones.phone) and n.fault is not null;
