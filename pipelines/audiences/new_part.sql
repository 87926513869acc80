-- The next addresses of a file of adds.
select kind, hash from audience_new where audience = $audience and place > $after and place <= $until
order by place;
