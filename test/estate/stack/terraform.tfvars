stage             = "prod"
database_password = "correct-horse-battery"

harbours = {
  kiel = {
    zone     = "a"
    sailings = 12
  }
  oslo = {
    zone     = "b"
    sailings = 4
  }
  riga = {
    zone     = "b"
    sailings = 2
  }
}
