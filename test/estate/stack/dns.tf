resource "aws_route53_zone" "inner" {
  name    = "ferry.example"
  comment = "Booking platform"
}

resource "aws_route53_record" "booking" {
  zone_id = aws_route53_zone.inner.zone_id
  name    = "booking.ferry.example"
  type    = "A"
  ttl     = 300
  records = ["192.0.2.10", "192.0.2.11"]
}

resource "aws_route53_record" "mail" {
  zone_id = aws_route53_zone.inner.zone_id
  name    = "ferry.example"
  type    = "MX"
  ttl     = 3600
  records = ["10 mail.ferry.example"]
}
