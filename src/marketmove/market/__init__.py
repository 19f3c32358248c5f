"""What is known of markets beforehand: indices, groups, calendars, clocks, periods."""
