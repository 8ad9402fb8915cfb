"""What files of CS231n from 2017 to 2020 import from the package `future`."""

xrange = range
