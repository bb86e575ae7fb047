import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("persons", models.BigIntegerField()),
                ("deliveries", models.BigIntegerField()),
                ("master", models.CharField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("wrapped_key", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.SmallIntegerField()),
                ("snapshot", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("prepared_by", models.CharField(max_length=200)),
                ("prepared", models.DateTimeField()),
                ("policy", models.CharField(max_length=60)),
                ("decision", models.TextField()),
                ("safe", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryRow",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(unique=True)),
                ("year", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=20, null=True)),
                ("sender", models.CharField(max_length=20)),
                ("filename", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("rule_set", models.CharField(max_length=64)),
                ("received", models.DateTimeField()),
                ("status", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=200)),
                ("receipt", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["sha256"], name="delivery_by_content"),
                    models.Index(fields=["year", "sender"], name="delivery_by_year_and_sender"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("recorded", models.BigIntegerField()),
                ("kind", models.CharField(max_length=32)),
                ("subject", models.CharField(max_length=200)),
                ("year", models.SmallIntegerField(null=True)),
                ("municipality", models.CharField(max_length=4, null=True)),
                ("actor", models.CharField(max_length=200)),
                ("delivery", models.CharField(max_length=40, null=True)),
                ("nonce", models.BinaryField()),
                ("ciphertext", models.BinaryField()),
                ("hash", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="storage.person"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RejectedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField()),
                ("nonce", models.BinaryField()),
                ("ciphertext", models.BinaryField()),
                ("delivery", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.deliveryrow")),
            ],
        ),
        migrations.CreateModel(
            name="ReviewRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved_by", models.CharField(max_length=200)),
                ("approved", models.DateTimeField()),
                ("next_release", models.DateField(null=True)),
                ("public_reason", models.TextField(blank=True)),
                (
                    "preparation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="storage.preparation"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PersonIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hashed", models.BinaryField()),
                (
                    "person",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="storage.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hashed", "person"), name="one_line_per_id_and_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("municipality", models.CharField(max_length=4)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "municipality"), name="one_line_per_user_and_municipality")
                ],
            },
        ),
    ]
