variable "cloud" {
  description = "Address of the simulated cloud."
  type        = string
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "secret_key" {
  type      = string
  default   = "test"
  sensitive = true
}

variable "stage" {
  type    = string
  default = "prod"

  validation {
    condition     = contains(["prod", "staging"], var.stage)
    error_message = "The stage is prod or staging."
  }
}

variable "database_password" {
  type      = string
  sensitive = true
}

variable "harbours" {
  description = "Harbours that we sail to, and the timetable of each."
  type = map(object({
    zone     = string
    sailings = number
  }))
}

locals {
  name           = "ferry-${var.stage}"
  standby_region = var.region == "eu-central-1" ? "eu-west-1" : "eu-central-1"

  house_tags = {
    Project = "ferry"
    Stage   = var.stage
  }

  offices = {
    hamburg = "192.0.2.0/28"
    oslo    = "198.51.100.16/28"
  }
}
