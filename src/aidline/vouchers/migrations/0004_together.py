from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('vouchers', '0003_intake_uploads'),
        ('vouchers', '0003_register'),
        ('vouchers', '0900_only_added'),
    ]

    operations = []
