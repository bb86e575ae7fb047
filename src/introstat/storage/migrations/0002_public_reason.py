from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_register")]

    operations = [
        migrations.AddField("reviewrow", "public_reason_nn", models.TextField(blank=True, default="")),
        migrations.AddField("reviewrow", "public_reason_en", models.TextField(blank=True, default="")),
    ]
