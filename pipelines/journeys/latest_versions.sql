-- The latest version of every scenario that ever ran.
select scenario, version, fingerprint from journeys.versions
qualify row_number() over (partition by scenario order by version desc) = 1
