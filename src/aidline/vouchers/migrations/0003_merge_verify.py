from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('vouchers', '0002_books'),
        ('vouchers', '0002_intake'),
    ]

    operations = []
