from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('vouchers', '0004_together'),
        ('vouchers', '0901_deliver'),
    ]

    operations = []
