-- The next addresses of a file of removes.
select kind, hash from audience_leaving where audience = $audience and place > $after and place <= $until
order by place;
