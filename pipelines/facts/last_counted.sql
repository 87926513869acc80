-- What facts were last counted for, if a tick can carry on from it: they stand at the tick before, under the same
-- settings, and nothing was counted that a later tick had loaded before it was given up.
select as_of, day from facts.state where as_of = $previous and loaded_until = $previous and rules = $rules;
