from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_consent'),
    ]

    operations = [
        migrations.AddField(
            model_name='consentinvitation',
            name='message_id',
            field=models.UUIDField(null=True),
        ),
    ]
