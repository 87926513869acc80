-- Nobody reads it: nothing is kept, since it would be of another day.
delete from facts.stored_together;

delete from facts.pairs;

delete from facts.baskets;

delete from facts.together_state;
