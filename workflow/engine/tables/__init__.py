"""Spreadsheets: rosters and records read from tables, checked cell by cell, and written to them."""
