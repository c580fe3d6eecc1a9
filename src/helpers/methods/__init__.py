"""Functions of numbers and tables, without dates, files or facts; tested against closed forms and published examples.

- `concentration`: shares, Herfindahl index, unit values out of line
- `mirror`: what two counts of one trade say when they are held against each other
- `decomposition`: a change in value into volume, mix and price
- `composition`: what a blend holds, by its unit value
- `oxide`: from oxide to magnet and back, in contained oxide
- `intervals`: sums, differences, products and quotients of figures with a range
- `risk`: import reliance and supply risk
"""
