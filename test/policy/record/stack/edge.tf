resource "aws_lb" "sound" {
  for_each = toset(lookup(var.cases, "aws_lb.sound", []))

  name                       = "sound-${each.key}"
  internal                   = true
  load_balancer_type         = "application"
  subnets                    = aws_subnet.shared[*].id
  security_groups            = [aws_security_group.shared.id]
  enable_deletion_protection = true
  drop_invalid_header_fields = true
  tags                       = { Owner = "edge" }

  access_logs {
    bucket  = aws_s3_bucket.shared.id
    enabled = true
  }
}

resource "aws_lb" "shared" {
  name               = "shared"
  internal           = true
  load_balancer_type = "application"
  subnets            = aws_subnet.shared[*].id
}

resource "aws_lb_target_group" "shared" {
  name     = "shared"
  port     = 443
  protocol = "HTTPS"
  vpc_id   = aws_vpc.shared.id
}

resource "aws_lb_target_group" "sound" {
  for_each = toset(lookup(var.cases, "aws_lb_target_group.sound", []))

  name     = "sound-${each.key}"
  port     = 443
  protocol = "HTTPS"
  vpc_id   = aws_vpc.shared.id

  health_check {
    enabled  = true
    path     = "/healthz"
    protocol = "HTTPS"
  }
}

resource "aws_acm_certificate" "shared" {
  domain_name       = "ferry.example"
  validation_method = "DNS"
}

resource "aws_lb_listener" "sound" {
  for_each = toset(lookup(var.cases, "aws_lb_listener.sound", []))

  load_balancer_arn = aws_lb.shared.arn
  port              = 8000 + index(var.cases["aws_lb_listener.sound"], each.key)
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.shared.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shared.arn
  }
}

resource "aws_api_gateway_rest_api" "shared" {
  name = "shared"
}

resource "aws_api_gateway_resource" "of" {
  for_each = toset(concat(lookup(var.cases, "aws_api_gateway_method.sound", []), lookup(var.cases, "aws_api_gateway_method.loose", [])))

  rest_api_id = aws_api_gateway_rest_api.shared.id
  parent_id   = aws_api_gateway_rest_api.shared.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "sound" {
  for_each = toset(lookup(var.cases, "aws_api_gateway_method.sound", []))

  rest_api_id      = aws_api_gateway_rest_api.shared.id
  resource_id      = aws_api_gateway_resource.of[each.key].id
  http_method      = "GET"
  authorization    = "AWS_IAM"
  api_key_required = true
}

resource "aws_api_gateway_method" "loose" {
  for_each = toset(lookup(var.cases, "aws_api_gateway_method.loose", []))

  rest_api_id   = aws_api_gateway_rest_api.shared.id
  resource_id   = aws_api_gateway_resource.of[each.key].id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_resource" "staged" {
  rest_api_id = aws_api_gateway_rest_api.shared.id
  parent_id   = aws_api_gateway_rest_api.shared.root_resource_id
  path_part   = "staged"
}

resource "aws_api_gateway_method" "staged" {
  rest_api_id   = aws_api_gateway_rest_api.shared.id
  resource_id   = aws_api_gateway_resource.staged.id
  http_method   = "GET"
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_integration" "staged" {
  rest_api_id = aws_api_gateway_rest_api.shared.id
  resource_id = aws_api_gateway_resource.staged.id
  http_method = aws_api_gateway_method.staged.http_method
  type        = "MOCK"
}

resource "aws_api_gateway_deployment" "shared" {
  depends_on  = [aws_api_gateway_integration.staged]
  rest_api_id = aws_api_gateway_rest_api.shared.id
}

resource "aws_api_gateway_stage" "sound" {
  for_each = toset(lookup(var.cases, "aws_api_gateway_stage.sound", []))

  rest_api_id          = aws_api_gateway_rest_api.shared.id
  deployment_id        = aws_api_gateway_deployment.shared.id
  stage_name           = replace(each.key, "-", "_")
  xray_tracing_enabled = true
  description          = "Live"

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.shared.arn
    format          = "$context.requestId"
  }
}

resource "aws_apigatewayv2_api" "sound" {
  for_each = toset(lookup(var.cases, "aws_apigatewayv2_api.sound", []))

  name                         = "sound-${each.key}"
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = true

  cors_configuration {
    allow_origins = ["https://ferry.example"]
    allow_methods = ["GET"]
  }
}

resource "aws_wafv2_ip_set" "sound" {
  for_each = toset(lookup(var.cases, "aws_wafv2_ip_set.sound", []))

  name               = "sound-${each.key}"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["203.0.113.0/24"]
}

resource "aws_wafv2_web_acl" "sound" {
  for_each = toset(lookup(var.cases, "aws_wafv2_web_acl.sound", []))

  name        = "sound-${each.key}"
  description = "Front door"
  scope       = "REGIONAL"

  default_action {
    block {}
  }

  rule {
    name     = "limit"
    priority = 1

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = 1000
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "limit"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "front"
    sampled_requests_enabled   = true
  }
}

resource "aws_route53_zone" "shared" {
  name = "ferry.example"
}

resource "aws_route53_zone" "sound" {
  for_each = toset(lookup(var.cases, "aws_route53_zone.sound", []))

  name    = "${each.key}.example"
  comment = "Bookings"
  tags    = { Owner = "edge" }
}

resource "aws_route53_record" "sound" {
  for_each = toset(lookup(var.cases, "aws_route53_record.sound", []))

  zone_id = aws_route53_zone.shared.zone_id
  name    = "${each.key}.ferry.example"
  type    = "A"
  ttl     = 300
  records = ["192.0.2.10"]
}
