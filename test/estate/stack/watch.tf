resource "aws_cloudwatch_log_group" "service" {
  for_each = toset(["booking", "timetable", "customs"])

  name              = "/ferry/${var.stage}/${each.key}"
  retention_in_days = 30
}

# Tagged by the cost report.
resource "aws_cloudwatch_log_group" "shared" {
  name              = "/ferry/${var.stage}/shared"
  retention_in_days = 14

  tags = {
    Owner = "platform"
  }

  lifecycle {
    ignore_changes = [tags["CostCentre"], tags_all]
  }
}

resource "aws_cloudwatch_log_metric_filter" "failed_logins" {
  name           = "${local.name}-failed-logins"
  log_group_name = aws_cloudwatch_log_group.service["booking"].name
  pattern        = "{ $.event = \"login\" && $.ok = false }"

  metric_transformation {
    name      = "FailedLogins"
    namespace = "Ferry"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "failed_logins" {
  alarm_name          = "${local.name}-failed-logins"
  namespace           = "Ferry"
  metric_name         = "FailedLogins"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 20
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "late_sailings" {
  alarm_name          = "${local.name}-late-sailings"
  namespace           = "Ferry"
  metric_name         = "LateSailings"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  period              = 60
  evaluation_periods  = 2
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_dashboard" "bridge" {
  dashboard_name = "${local.name}-bridge"

  dashboard_body = jsonencode({
    widgets = [{
      type       = "text", x = 0, y = 0, width = 6, height = 3
      properties = { markdown = "# The bridge" }
    }]
  })
}

resource "aws_cloudwatch_log_group" "standby" {
  provider = aws.standby

  name              = "/ferry/${var.stage}/standby"
  retention_in_days = 7
}

resource "aws_sns_topic" "standby" {
  provider = aws.standby

  name         = "${local.name}-standby"
  display_name = "Standby"
}
