resource "aws_ami" "shared" {
  name                = "shared"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"

  ebs_block_device {
    device_name = "/dev/xvda"
    volume_size = 8
  }
}

resource "aws_instance" "sound" {
  for_each = toset(lookup(var.cases, "aws_instance.sound", []))

  ami                     = aws_ami.shared.id
  instance_type           = "t3.small"
  subnet_id               = aws_subnet.shared[0].id
  vpc_security_group_ids  = [aws_security_group.shared.id]
  iam_instance_profile    = aws_iam_instance_profile.shared.name
  disable_api_termination = true
  user_data               = "#!/bin/sh\necho ready\n"
  tags                    = { Owner = "compute" }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}

resource "aws_instance" "loose" {
  for_each = toset(lookup(var.cases, "aws_instance.loose", []))

  ami                    = aws_ami.shared.id
  instance_type          = "t3.small"
  subnet_id              = aws_subnet.shared[0].id
  vpc_security_group_ids = [aws_security_group.shared.id, aws_security_group.strange.id]

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "optional"
  }
}

resource "aws_launch_template" "sound" {
  for_each = toset(lookup(var.cases, "aws_launch_template.sound", []))

  name                   = "sound-${each.key}"
  image_id               = aws_ami.shared.id
  instance_type          = "t3.small"
  update_default_version = true
  user_data              = base64encode("#!/bin/sh\necho ready\n")

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}

resource "aws_autoscaling_group" "sound" {
  for_each = toset(lookup(var.cases, "aws_autoscaling_group.sound", []))

  name                      = "sound-${each.key}"
  min_size                  = 2
  max_size                  = 4
  desired_capacity          = 2
  vpc_zone_identifier       = aws_subnet.shared[*].id
  protect_from_scale_in     = true
  wait_for_capacity_timeout = "0"

  launch_template {
    id      = aws_launch_template.shared.id
    version = "1"
  }
}

resource "aws_launch_template" "shared" {
  name          = "shared"
  image_id      = aws_ami.shared.id
  instance_type = "t3.small"
}

resource "aws_ebs_volume" "sound" {
  for_each = toset(lookup(var.cases, "aws_ebs_volume.sound", []))

  availability_zone = "${local.region}a"
  size              = 8
  type              = "gp3"
  encrypted         = true
  tags              = { Owner = "compute" }
}

resource "aws_ebs_encryption_by_default" "sound" {
  for_each = toset(lookup(var.cases, "aws_ebs_encryption_by_default.sound", []))

  enabled = true
}

resource "aws_ebs_encryption_by_default" "loose" {
  for_each = toset(lookup(var.cases, "aws_ebs_encryption_by_default.loose", []))
  provider = aws.standby

  enabled = false
}

resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.shared.id
  key    = "code.zip"

  # A zip with one file, index.js.
  content_base64 = "UEsDBBQAAAAAAAAAIVoxkJ0THgAAAB4AAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXI9YXN5bmMoKT0+KHt9KQpQSwECFAMUAAAAAAAAACFaMZCdEx4AAAAeAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZXguanNQSwUGAAAAAAEAAQA2AAAARAAAAAAA"
}

resource "aws_lambda_function" "sound" {
  for_each = toset(lookup(var.cases, "aws_lambda_function.sound", []))

  function_name = "sound-${each.key}"
  role          = aws_iam_role.shared["lambda"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  memory_size   = 256
  timeout       = 10
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
  tags          = { Owner = "compute" }

  environment {
    variables = { STAGE = "prod" }
  }

  tracing_config {
    mode = "Active"
  }
}

resource "aws_lambda_function" "shared" {
  function_name = "shared"
  role          = aws_iam_role.shared["lambda"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
}

resource "aws_lambda_function" "of_url" {
  for_each = toset(concat(lookup(var.cases, "aws_lambda_function_url.sound", []), lookup(var.cases, "aws_lambda_function_url.loose", [])))

  function_name = "url-${each.key}"
  role          = aws_iam_role.shared["lambda"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
}

resource "aws_lambda_function_url" "sound" {
  for_each = toset(lookup(var.cases, "aws_lambda_function_url.sound", []))

  function_name      = aws_lambda_function.of_url[each.key].function_name
  authorization_type = "AWS_IAM"

  cors {
    allow_origins = ["https://ferry.example"]
  }
}

resource "aws_lambda_function_url" "loose" {
  for_each = toset(lookup(var.cases, "aws_lambda_function_url.loose", []))

  function_name      = aws_lambda_function.of_url[each.key].function_name
  authorization_type = "NONE"
}

resource "aws_lambda_event_source_mapping" "sound" {
  for_each = toset(lookup(var.cases, "aws_lambda_event_source_mapping.sound", []))

  event_source_arn  = aws_kinesis_stream.shared.arn
  function_name     = aws_lambda_function.of_mapping[each.key].arn
  starting_position = "LATEST"
  batch_size        = 10
  enabled           = true
}

resource "aws_lambda_function" "of_mapping" {
  for_each = toset(lookup(var.cases, "aws_lambda_event_source_mapping.sound", []))

  function_name = "mapping-${each.key}"
  role          = aws_iam_role.shared["lambda"].arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
}

resource "aws_kinesis_stream" "shared" {
  name        = "shared"
  shard_count = 1
}

resource "aws_ecs_cluster" "sound" {
  for_each = toset(lookup(var.cases, "aws_ecs_cluster.sound", []))

  name = "sound-${each.key}"
  tags = { Owner = "compute" }

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster" "shared" {
  name = "shared"
}

resource "aws_ecs_task_definition" "shared" {
  family                   = "shared"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  container_definitions    = jsonencode([{ name = "web", image = "web:1", essential = true }])
}

resource "aws_ecs_task_definition" "strange" {
  family                   = "strange"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  container_definitions    = jsonencode([{ name = "web", image = "elsewhere.example/web:1", essential = true }])
}

resource "aws_ecs_service" "sound" {
  for_each = toset(lookup(var.cases, "aws_ecs_service.sound", []))

  name            = "sound-${each.key}"
  cluster         = aws_ecs_cluster.shared.id
  task_definition = aws_ecs_task_definition.shared.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets          = aws_subnet.shared[*].id
    security_groups  = [aws_security_group.shared.id]
    assign_public_ip = false
  }
}

resource "aws_eks_cluster" "sound" {
  for_each = toset(lookup(var.cases, "aws_eks_cluster.sound", []))

  name                      = "sound-${each.key}"
  role_arn                  = aws_iam_role.shared["eks"].arn
  enabled_cluster_log_types = ["api", "audit"]

  vpc_config {
    subnet_ids              = aws_subnet.shared[*].id
    endpoint_public_access  = false
    endpoint_private_access = true
  }
}

resource "aws_ecr_repository" "sound" {
  for_each = toset(lookup(var.cases, "aws_ecr_repository.sound", []))

  name                 = "sound/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  tags                 = { Owner = "compute" }

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_repository" "loose" {
  for_each = toset(lookup(var.cases, "aws_ecr_repository.loose", []))

  name                 = "loose/${each.key}"
  image_tag_mutability = "MUTABLE"

  image_scanning_configuration {
    scan_on_push = false
  }
}

resource "aws_ecr_repository" "of_policy" {
  for_each = toset(lookup(var.cases, "aws_ecr_repository_policy.sound", []))

  name = "policy/${each.key}"
}

resource "aws_ecr_repository_policy" "sound" {
  for_each = toset(lookup(var.cases, "aws_ecr_repository_policy.sound", []))

  repository = aws_ecr_repository.of_policy[each.key].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Partner", Effect = "Allow", Principal = { AWS = "arn:aws:iam::210987654321:root" }, Action = ["ecr:BatchGetImage"] }]
  })
}
