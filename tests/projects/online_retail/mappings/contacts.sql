-- One contact a customer number, known since the first invoice. A customer of two countries is of that of the latest invoice.
with countries (name, code) as (
    values
        ('Australia', 'AU'), ('Austria', 'AT'), ('Bahrain', 'BH'), ('Belgium', 'BE'), ('Brazil', 'BR'), ('Canada', 'CA'), ('Channel Islands', 'GB'),
        ('Cyprus', 'CY'), ('Czech Republic', 'CZ'), ('Denmark', 'DK'), ('EIRE', 'IE'), ('Finland', 'FI'), ('France', 'FR'), ('Germany', 'DE'),
        ('Greece', 'GR'), ('Hong Kong', 'HK'), ('Iceland', 'IS'), ('Israel', 'IL'), ('Italy', 'IT'), ('Japan', 'JP'), ('Lebanon', 'LB'),
        ('Lithuania', 'LT'), ('Malta', 'MT'), ('Netherlands', 'NL'), ('Norway', 'NO'), ('Poland', 'PL'), ('Portugal', 'PT'), ('Saudi Arabia', 'SA'),
        ('Singapore', 'SG'), ('Spain', 'ES'), ('Sweden', 'SE'), ('Switzerland', 'CH'), ('USA', 'US'), ('United Arab Emirates', 'AE'),
        ('United Kingdom', 'GB')
)
select
    s.CustomerID as contact_id,
    arg_max(c.code, strftime(s.InvoiceDate, '%Y-%m-%d %H:%M:%S') || s.InvoiceNo) as country,
    min(s.InvoiceDate) as created_at
from source s
left join countries c on c.name = s.Country
where s.CustomerID is not null
group by s.CustomerID
