-- The tick is committed with what it decided: from here on, running it again only finishes the hand-over.
update runs.ticks set status = 'committed', counts = (
    select cast(json_object('entered', sum(entered), 'ended', sum(ended), 'due', sum(due), 'to_send', sum(to_send), 'held', sum(held), 'dropped', sum(dropped)) as varchar)
    from results.scenarios where as_of = $as_of
)
where as_of = $as_of;
