"""Lists of people: chosen, looked at, added, told of. The same pages for officers and for partners."""
