"""India's magnets: functions of a vintage, never of a date.

- `targets`: what is forecast, and where its figures stand
- `episodes`: which year is suspect, since when
- `customs`, `pace`: imports of HS 850511, taken apart, and what a year holds at the newest pace
- `mirror`: both sides of the imports, the level that follows, and the same for other lines
- `rare_earths`, `agreement`, `blend`: four estimates of rare-earth magnets, their pool, what pairs of them need
- `supply`, `coverage`: ore, neodymium, oxide for magnets, and how far Indian neodymium goes against expected use
- `evidence`: what tells the readings of the suspect year apart, and their weights
- `readings`, `licences`: what the suspect year was, what China lets through
- `demand`, `demand_rows`, `demand_activity`, `demand_draws`: who needs the magnets, by sector, factor by factor
- `levers`, `scenario`, `scenario_parts`, `scenario_draws`, `scenario_balance`: what would be if levers were moved
- `attribution`, `outage`: what a difference is due to, and what is lost when a partner is out
- `growth`, `limits`: how a forecast grows, how far it can go and is told
- `forecast`, `headline`: years ahead and their mixture, and what of it is published, in one small table
- `value`, `value_models`: what the imports are worth, years ahead, how such forecasts fared, and models beside
- `structure`: rare-earth magnets to import by use that was counted and by what sectors need, under licences
- `roads`, `pool`: a second road to tonnes, value over unit value; two roads averaged, and what they share
- `moved`: what moves it
- `calendar`: what is due when, what of it is late, and what it would do to the forecast
- `realtime`: forecasts of earlier days beside what came
- `track`, `nearest`: every forecast, published or not, scored by rules fixed beforehand; who was nearest
- `others`: outlooks of others
"""
